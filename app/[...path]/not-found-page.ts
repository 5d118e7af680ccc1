const PAGE = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Not found · OpenAI Balance</title>
<style>
  body { display: grid; min-height: 100dvh; margin: 0; place-content: center; padding: 1rem; font: 14px/1.6 system-ui, sans-serif;
    background: light-dark(#fafafb, #0f1114); color: light-dark(#1b1f24, #eceef0); }
  h1 { margin: 0 0 .25rem; font-size: 1rem; }
  p { margin: 0 0 1rem; color: light-dark(#4f565e, #a9b0b8); }
  a { color: light-dark(#0c6079, #76c7de); }
</style>
<main>
  <h1>There is nothing at this address</h1>
  <p>The page may have moved, or the address has a typing mistake.<br>这个地址没有内容。</p>
  <a href="/">OpenAI Balance</a>
</main>
</html>
`;

export function notFoundPage(): Response {
  return new Response(PAGE, {
    status: 404,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'",
    },
  });
}
