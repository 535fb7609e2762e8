package ar.mcrn.sysmonstm.alerts.service;

import ar.mcrn.sysmonstm.v1.AlertEpisode;

/**
 * What became of an episode. State inactive says that it ended before it fired and is to be forgotten.
 *
 * @param episode as it is now
 */
record EpisodeChange(AlertEpisode episode) {}
