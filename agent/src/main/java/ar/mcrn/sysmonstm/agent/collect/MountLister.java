package ar.mcrn.sysmonstm.agent.collect;

import java.io.IOException;
import java.util.List;

/** Says which file systems are to be watched: one mount point for each, in a steady order. */
interface MountLister {
    List<Mount> list() throws IOException;
}
