'use client';
export function KeyDrawer(_props: { readonly id: string; readonly onClose: () => void }) {
  return null;
}
