import type { Metadata, Viewport } from 'next';
import type { ReactNode } from 'react';
import './globals.css';

export const metadata: Metadata = {
  title: 'OpenAI Balance',
  description: 'Self-hosted OpenAI-compatible gateway over many API keys and providers',
};

export const viewport: Viewport = { colorScheme: 'light dark' };

export default function RootLayout({ children }: { readonly children: ReactNode }) {
  return (
    <html lang="en">
      <body>{children}</body>
    </html>
  );
}
