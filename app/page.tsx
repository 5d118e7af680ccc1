import { headers } from 'next/headers';
import { currentRuntime } from '@/lib/runtime/current';

/** What somebody sees who opens the address: that it runs, and how to use it. */
export default async function Home() {
  const requestHeaders = await headers();
  const host = requestHeaders.get('host') ?? 'localhost:8000';
  const scheme = requestHeaders.get('x-forwarded-proto')?.split(',')[0]?.trim() ?? 'http';
  const baseUrl = `${scheme}://${host}/v1`;
  const { isReady, checks } = await currentRuntime().readiness();

  return (
    <main>
      <h1>OpenAI Balance</h1>
      <p className="status" data-ready={isReady}>
        {isReady
          ? 'Running and ready for requests'
          : `Not ready: database ${checks.database}, gateway ${checks.gateway}`}
      </p>
      <section>
        <h2>Base URL</h2>
        <p>Use it in any OpenAI SDK, with one of your client tokens as the API key.</p>
        <pre>
          <code>{baseUrl}</code>
        </pre>
      </section>
      <section>
        <h2>Try it</h2>
        <p>Lists the models that your keys can use.</p>
        <pre tabIndex={0}>
          <code>{`curl ${baseUrl}/models \\\n  -H "Authorization: Bearer $TOKEN"`}</code>
        </pre>
      </section>
      <section>
        <h2>Is it well?</h2>
        <p>
          <code>GET /health</code> says that the process is alive, <code>GET /ready</code> that it can do its
          work.
        </p>
      </section>
    </main>
  );
}
