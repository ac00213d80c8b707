import type { FileTransfer } from '../statement.ts';

/**
 * What a driver is told to copy: the stage is a folder of this machine, so that driver and stand-in
 * have to share a file system.
 */
export function transferFields(transfer: FileTransfer): object {
  const stageInfo = {
    locationType: 'LOCAL_FS',
    location: transfer.folder,
    path: '',
    region: '',
    storageAccount: null,
    isClientSideEncrypted: false,
    creds: {},
    presignedUrl: null,
    endPoint: null,
  };
  const { command, parallel } = transfer;
  const shared = { command, parallel, stageInfo, src_locations: transfer.sources };
  if (transfer.command === 'DOWNLOAD') {
    const localLocation = transfer.localFolder;
    return { ...shared, localLocation, presignedUrls: [], encryptionMaterial: [] };
  }
  const { autoCompress, sourceCompression, overwrite } = transfer;
  return {
    ...{ ...shared, autoCompress, sourceCompression, overwrite },
    ...{ threshold: 209_715_200, encryptionMaterial: null, clientShowEncryptionParameter: false },
  };
}
