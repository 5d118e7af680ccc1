import type { MetadataRoute } from 'next';

const icon = (name: string, size: number, purpose: 'any' | 'maskable') => ({
  src: `/icons/${name}-${size}.png`,
  sizes: `${size}x${size}`,
  type: 'image/png',
  purpose,
});

/** With it the dashboard can be installed like a program. */
export default function manifest(): MetadataRoute.Manifest {
  return {
    id: '/',
    name: 'OpenAI Balance',
    short_name: 'Balance',
    description: 'Self-hosted OpenAI-compatible gateway over many API keys and providers',
    start_url: '/',
    scope: '/',
    display: 'standalone',
    background_color: '#fafafb',
    theme_color: '#0c6079',
    icons: [
      { src: '/icon.svg', sizes: 'any', type: 'image/svg+xml' },
      ...[192, 512].flatMap((size) => [icon('icon', size, 'any'), icon('maskable', size, 'maskable')]),
    ],
  };
}
