'use client';
export function TaskCenter() {
  return null;
}
