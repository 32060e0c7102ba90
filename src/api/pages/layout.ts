import { html } from 'hono/html';
import { catalog } from '#i18n/catalog.ts';
import { ASSETS } from './assets.ts';
import type { Html, Look } from './parts.ts';

/** What the frame around a page shows. */
export interface Frame {
  readonly title: string;
  readonly path: string;
  readonly isLive: boolean;
  readonly isSignedIn: boolean;
  readonly narrow?: boolean;
}

const connection = (look: Look): Html => {
  const { live } = catalog(look.locale).pages;
  return html`<span
    class="connection"
    role="status"
    data-state="connecting"
    data-on="${live.on}"
    data-lost="${live.off}"
    >${live.connecting}</span
  >`;
};

const top = (look: Look, frame: Frame): Html => {
  const words = catalog(look.locale).pages.look;
  const other = look.locale === 'en' ? 'ru' : 'en';
  return html`<header class="top">
    <a class="name" href="/">${words.title}</a>
    ${frame.isLive ? connection(look) : ''}
    <a
      class="quiet"
      href="${frame.path}?lang=${other}"
      lang="${other}"
      hreflang="${other}"
      aria-label="${words.languageLabel}"
      >${words.language}</a
    >
    ${frame.isSignedIn ? html`<form method="post" action="/sign-out"><button class="plain">${words.signOut}</button></form>` : ''}
  </header>`;
};

const noScript = (look: Look): Html => {
  const { live } = catalog(look.locale).pages;
  return html`<noscript><p class="soft">${live.noScript}</p></noscript>`;
};

/** The whole document around a page's content. */
export const layout = (look: Look, frame: Frame, content: Html): Html => {
  const { pages } = catalog(look.locale);
  const { unit } = pages;
  return html`<!doctype html>
    <html lang="${look.locale}" data-units="${[unit.d, unit.h, unit.min, unit.s].join(' ')}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="robots" content="noindex" />
        <title>${frame.title}</title>
        <link rel="icon" href="${ASSETS.icon.path}" type="image/svg+xml" />
        <link rel="stylesheet" href="${ASSETS.style.path}" />
        <script type="module" src="${ASSETS.script.path}"></script>
        ${frame.isLive ? html`<noscript><meta http-equiv="refresh" content="30" /></noscript>` : ''}
      </head>
      <body>
        <a class="skip" href="#content">${pages.look.skip}</a>
        ${top(look, frame)}
        <p class="lost" role="alert" data-text="${pages.live.lost}"></p>
        <main id="content" class="${frame.narrow === true ? 'narrow' : ''}">
          ${content} ${frame.isLive ? noScript(look) : ''}
        </main>
      </body>
    </html>`;
};
