import type { IntegrationObject } from '../catalog/model.ts';
import { displayName } from '../catalog/names.ts';
import { compilationError } from '../sql/errors.ts';

const isBelow = (url: string, location: string): boolean =>
  location === '*' || `${url.replace(/\/$/, '')}/`.startsWith(`${location.replace(/\/$/, '')}/`);

/**
 * Refuses a location that the integration does not reach.
 * https://docs.snowflake.com/en/sql-reference/sql/create-storage-integration
 * @throws SnowflakeError when the integration is disabled, or the location not allowed or blocked
 */
export function requireAllowed(integration: IntegrationObject, url: string): void {
  const { name, isEnabled, allowedLocations, blockedLocations } = integration;
  if (!isEnabled) {
    throw compilationError(
      '003140',
      '42601',
      `Integration '${displayName([name])}' is not enabled.`,
    );
  }
  const isAllowed = allowedLocations.some((location) => isBelow(url, location));
  if (isAllowed && !blockedLocations.some((location) => isBelow(url, location))) return;
  throw compilationError(
    '003139',
    '42601',
    `Location '${url}' is not allowed by integration '${displayName([name])}'. ` +
      'Please use DESC INTEGRATION to check out allowed and blocked locations.',
  );
}
