import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { usePlace } from './location.ts';
import { OverviewPage } from './pages/overview.tsx';
import { RunPage } from './pages/run.tsx';
import { RunsPage } from './pages/runs.tsx';
import { Empty } from './parts/notices.tsx';
import { applyTheme, readTheme, type Theme } from './theme.ts';

const THEMES: readonly Theme[] = ['auto', 'light', 'dark'];

function ThemeSwitch() {
  const [theme, setTheme] = useState(readTheme);
  const choose = (next: Theme) => {
    applyTheme(next);
    setTheme(next);
  };
  return (
    <fieldset class="theme">
      <legend class="unseen">Colours</legend>
      {THEMES.map((name) => (
        <label key={name}>
          <input
            type="radio"
            name="theme"
            value={name}
            checked={theme === name}
            onChange={() => choose(name)}
          />
          <span>{name}</span>
        </label>
      ))}
    </fieldset>
  );
}

function NavLink({ href, path, children }: { href: string; path: string; children: string }) {
  const isHere = href === '/' ? path === '/' : path.startsWith(href);
  return (
    <a href={href} aria-current={isHere ? 'page' : undefined}>
      {children}
    </a>
  );
}

function Frame({ path, children }: { path: string; children: ComponentChildren }) {
  return (
    <>
      <a class="skip" href="#main">
        Skip to content
      </a>
      <header class="bar">
        <a class="brand" href="/">
          <img src="/icon.svg" alt="" width="22" height="22" />
          Snowmelt
        </a>
        <nav aria-label="Pages">
          <NavLink href="/" path={path}>
            Overview
          </NavLink>
          <NavLink href="/runs" path={path}>
            Runs
          </NavLink>
        </nav>
        <ThemeSwitch />
      </header>
      <main id="main">{children}</main>
    </>
  );
}

function NoSuchPage() {
  return (
    <Empty title="There is no such page.">
      Go to the <a href="/">overview</a> or to the <a href="/runs">runs</a>.
    </Empty>
  );
}

export function App() {
  const place = usePlace();
  const [, first = '', second] = place.path.split('/');
  const page = () => {
    if (first === '') return <OverviewPage />;
    if (first !== 'runs') return <NoSuchPage />;
    if (!second) return <RunsPage place={place} />;
    const id = decodeURIComponent(second);
    return <RunPage key={id} id={id} place={place} />;
  };
  return <Frame path={place.path}>{page()}</Frame>;
}
