/**
 * Says to npm which platform native packages are installed for: serverless-esbuild runs `npm install` and `npm prune`
 * with nothing but the environment in common, and the second would undo what arguments to the first did.
 *
 * `custom.byStage.nativePlatform`: { os, cpu, libc } as npm names them, or null for this machine's own.
 */
export default class NativePackages {
  constructor(serverless) {
    this.hooks = {
      initialize: () => {
        const platform = serverless.service.custom.byStage.nativePlatform ?? {};
        for (const [name, value] of Object.entries(platform)) {
          process.env[`npm_config_${name}`] = value;
        }
      },
    };
  }
}
