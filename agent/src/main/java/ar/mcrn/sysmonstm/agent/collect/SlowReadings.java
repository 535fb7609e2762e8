package ar.mcrn.sysmonstm.agent.collect;

/**
 * What is read every 10 s, as last known.
 *
 * @param filesystems how full they are
 * @param processes those with most CPU time and memory
 * @param temperatures of all sensors
 */
record SlowReadings(
        FilesystemWatch.Snapshot filesystems,
        ProcessWatch.Snapshot processes,
        TemperatureWatch.Snapshot temperatures) {}
