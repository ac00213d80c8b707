export function javaCommand(): string;
export function sparkJarsDir(): string;
