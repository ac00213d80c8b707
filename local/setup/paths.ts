export { type Paths, paths } from './paths.mjs';
