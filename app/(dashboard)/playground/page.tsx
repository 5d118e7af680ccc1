import { getTranslations } from 'next-intl/server';
import { PlaygroundPage } from '@/components/playground/playground-page';
import { routesQuery } from '@/lib/client/model-routes';
import { providersQuery } from '@/lib/client/providers';
import { FirstAnswers } from '../first-answers';

export async function generateMetadata() {
  return { title: (await getTranslations('layout'))('pages.playground') };
}

export default function Playground() {
  return (
    <FirstAnswers
      answer={(keep) => [
        keep(providersQuery.queryKey, 'providers.list', {}),
        keep(routesQuery.queryKey, 'routes.list', {}),
      ]}
    >
      <PlaygroundPage />
    </FirstAnswers>
  );
}
