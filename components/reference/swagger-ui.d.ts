/** The part of Swagger UI that is used; the package has no types. */
declare module 'swagger-ui-dist/swagger-ui-es-bundle.js' {
  export default function show(options: {
    readonly domNode: HTMLElement | null;
    readonly url: string;
    readonly validatorUrl: string | null;
    readonly deepLinking: boolean;
    readonly docExpansion: 'list' | 'full' | 'none';
    readonly filter: boolean;
  }): void;
}
declare module 'swagger-ui-dist/swagger-ui.css';
