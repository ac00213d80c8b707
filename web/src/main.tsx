import { render } from 'preact';
import { App } from './app.tsx';
import { applyTheme, readTheme } from './theme.ts';
import './styles/base.css';
import './styles/parts.css';
import './styles/tables.css';
import './styles/pages.css';
import './styles/run.css';

applyTheme(readTheme());
const root = document.getElementById('app');
if (root !== null) render(<App />, root);
