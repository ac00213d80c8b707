export default class UploadArtifacts { constructor() { this.hooks = {}; } }
