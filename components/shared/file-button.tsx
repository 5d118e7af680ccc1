'use client';
import { FileUp } from 'lucide-react';
import { useRef } from 'react';
import { Button } from '../ui/button';

interface FileButtonProps {
  /** As the `accept` of an input. */
  readonly accept: string;
  readonly label: string;
  readonly onFile: (file: File) => void;
  readonly id?: string;
  readonly 'aria-label'?: string;
  readonly 'aria-describedby'?: string | undefined;
}

/** Asks for a file. The same one may be chosen again, when it has changed. */
export function FileButton({ accept, label, onFile, ...button }: FileButtonProps) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <input
        ref={input}
        type="file"
        accept={accept}
        className="sr-only"
        tabIndex={-1}
        aria-hidden
        onChange={(event) => {
          const [file] = event.target.files ?? [];
          event.target.value = '';
          if (file !== undefined) onFile(file);
        }}
      />
      <Button {...button} onClick={() => input.current?.click()}>
        <FileUp aria-hidden />
        {label}
      </Button>
    </>
  );
}
