package ar.mcrn.sysmonstm.agent.collect;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks every 10 s how full the file systems are, on the thread of slow readings, so that one that hangs cannot hold up the tick. Remote
 * ones are asked on a thread each, and not again while they have not answered; until then they have no row. Closing does not
 * wait for those that hang: their threads are daemons.
 */
final class FilesystemWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(FilesystemWatch.class);
    static final long PERIOD_MILLIS = 10_000;
    /** An answer older than this says nothing of now. */
    private static final long FRESH_NANOS = TimeUnit.MILLISECONDS.toNanos(2 * PERIOD_MILLIS + PERIOD_MILLIS / 2);

    private static final int HANGING_LIMIT = 64;

    /**
     * What is known now.
     *
     * @param round counts the rounds, from 1; 0 = none is over yet
     * @param mounts all watched, in the inventory's order
     * @param spaces by mount point, where there is a fresh answer
     */
    record Snapshot(long round, List<Mount> mounts, Map<String, Space> spaces) {}

    private record Answer(Space space, long nanos) {}

    private final MountLister lister;
    private final SpaceReader reader;
    private final ExecutorService remotes;
    private final Set<String> asked = ConcurrentHashMap.newKeySet();
    private final Set<String> reported = ConcurrentHashMap.newKeySet();
    private final Map<String, Answer> answers = new ConcurrentHashMap<>();
    private final AtomicLong rounds = new AtomicLong();
    private volatile Snapshot snapshot = new Snapshot(0, List.of(), Map.of());

    FilesystemWatch(MountLister lister, SpaceReader reader) {
        this.lister = lister;
        this.reader = reader;
        remotes = Executors.newCachedThreadPool(
                Thread.ofPlatform().daemon().name("agent-remote-filesystem-", 0).factory());
    }

    /** What is known now; never waits. */
    Snapshot snapshot() {
        return snapshot;
    }

    /** Asks for all once; called every 10 s by one thread. */
    void round() {
        try {
            List<Mount> mounts = lister.list();
            for (Mount mount : mounts) {
                if (!ProcMounts.isRemote(mount.type())) {
                    ask(mount.mountpoint());
                } else if (asked.size() < HANGING_LIMIT && asked.add(mount.mountpoint())) {
                    remotes.execute(() -> {
                        ask(mount.mountpoint());
                        asked.remove(mount.mountpoint());
                    });
                }
            }
            publish(mounts);
        } catch (IOException | RuntimeException e) {
            report("mounts", e);
        }
    }

    private void publish(List<Mount> mounts) {
        long now = System.nanoTime();
        Map<String, Space> spaces = new LinkedHashMap<>();
        List<String> known = new ArrayList<>();
        for (Mount mount : mounts) {
            known.add(mount.mountpoint());
            Answer answer = answers.get(mount.mountpoint());
            if (answer != null && now - answer.nanos() < FRESH_NANOS) {
                spaces.put(mount.mountpoint(), answer.space());
            }
        }
        answers.keySet().retainAll(known);
        // The same list as long as it says the same: it is compared with each sample.
        List<Mount> before = snapshot.mounts();
        snapshot = new Snapshot(rounds.incrementAndGet(), before.equals(mounts) ? before : List.copyOf(mounts), spaces);
    }

    private void ask(String mountpoint) {
        try {
            answers.put(mountpoint, new Answer(reader.read(mountpoint), System.nanoTime()));
            reported.remove(mountpoint);
        } catch (IOException | RuntimeException e) {
            answers.remove(mountpoint);
            report(mountpoint, e);
        }
    }

    private void report(String what, Exception e) {
        if (reported.size() < HANGING_LIMIT && reported.add(what)) {
            LOG.warn("file system cannot be read: mountpoint={}, reason={}", what, e.getMessage());
        }
    }

    @Override
    public void close() {
        remotes.shutdownNow();
    }
}
