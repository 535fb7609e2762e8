package ar.mcrn.sysmonstm.agent.collect;

/**
 * A mounted file system.
 *
 * @param mountpoint where it is mounted
 * @param device what lies under it
 * @param type kernel name, such as ext4
 */
record Mount(String mountpoint, String device, String type) {}
