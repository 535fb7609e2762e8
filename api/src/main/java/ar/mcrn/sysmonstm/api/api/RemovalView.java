package ar.mcrn.sysmonstm.api.api;

/**
 * A machine whose removal was asked for.
 *
 * @param id machine id
 * @param state always {@code removing}
 */
public record RemovalView(String id, String state) {}
