package ar.mcrn.sysmonstm.api.live;

import java.util.List;

/**
 * What works less than it should.
 *
 * @param degraded names of dependencies that are down or degraded
 * @param staleSince since when nothing is heard of the fleet, Unix milliseconds; 0 = it is heard
 */
record LiveStatus(List<String> degraded, long staleSince) {}
