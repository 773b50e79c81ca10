// Words of a handset.

/** On which list of the national IMEI registry a handset stands. */
export const DEVICE_REGISTRY_STATUSES = ['WHITE', 'GREY', 'BLACK', 'UNKNOWN'] as const;
export type DeviceRegistryStatus = (typeof DEVICE_REGISTRY_STATUSES)[number];
