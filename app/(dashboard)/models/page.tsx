import { getTranslations } from 'next-intl/server';
import { ModelsPage } from '@/components/models/models-page';
import { routesQuery } from '@/lib/client/model-routes';
import { FirstAnswers } from '../first-answers';

export async function generateMetadata() {
  return { title: (await getTranslations('layout'))('pages.models') };
}

export default function Models() {
  return (
    <FirstAnswers answer={(keep) => [keep(routesQuery.queryKey, 'routes.list', {})]}>
      <ModelsPage />
    </FirstAnswers>
  );
}
