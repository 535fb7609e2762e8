package ar.mcrn.sysmonstm.agent.collect;

import ar.mcrn.sysmonstm.contract.Limits;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * {@code /proc/mounts}, less what holds no files of its own: kernel interfaces, memory, read-only images, and second mounts of
 * one device (of these the one with the shortest path stays). In a container that has the host's root mounted somewhere, these are
 * the mounts below that place, named as the host names them.
 */
final class ProcMounts implements MountLister {
    private static final Set<String> LOCAL = Set.of(
            "ext2",
            "ext3",
            "ext4",
            "xfs",
            "btrfs",
            "zfs",
            "f2fs",
            "jfs",
            "reiserfs",
            "bcachefs",
            "nilfs2",
            "ocfs2",
            "gfs2",
            "vfat",
            "exfat",
            "msdos",
            "ntfs",
            "ntfs3",
            "fuseblk",
            "hfs",
            "hfsplus",
            "apfs",
            "ufs",
            "minix",
            "ubifs",
            "jffs2");
    private static final Set<String> REMOTE = Set.of(
            "nfs", "nfs4", "cifs", "smb3", "smbfs", "ceph", "glusterfs", "lustre", "afs", "9p", "virtiofs", "beegfs");
    private static final String FUSE = "fuse.";
    private static final Set<String> FUSE_OF_NO_STORE =
            Set.of("fuse.gvfsd-fuse", "fuse.portal", "fuse.lxcfs", "fuse.snapfuse", "fuse.squashfuse");
    private static final String OVERLAY = "overlay";

    private final Path file;
    private final String root;

    /** Of this process. */
    ProcMounts(SystemFiles files) {
        this(files.proc().resolve("mounts"), "");
    }

    /**
     * Those of a file that lie below a place.
     *
     * @param root where the host's root is mounted; empty = this is the host
     */
    ProcMounts(Path file, String root) {
        this.file = file;
        this.root = root;
    }

    /** True where asking it may take as long as a network does. */
    static boolean isRemote(String type) {
        return REMOTE.contains(type) || type.startsWith(FUSE);
    }

    @Override
    public List<Mount> list() throws IOException {
        Map<String, Mount> byMountpoint = new LinkedHashMap<>();
        for (String line : Files.readAllLines(file, StandardCharsets.UTF_8)) {
            String[] fields = line.split(" ", 4);
            if (fields.length < 4) {
                continue;
            }
            String mountpoint = unescape(fields[1]);
            if (isBelowRoot(mountpoint)) {
                // A later mount hides what was mounted there before.
                byMountpoint.put(mountpoint, new Mount(onHost(mountpoint), unescape(fields[0]), fields[2]));
            }
        }
        Map<String, Mount> byDevice = new LinkedHashMap<>();
        for (Mount mount : byMountpoint.values()) {
            if (isWatched(mount)) {
                byDevice.merge(mount.device() + '\n' + mount.type(), mount, ProcMounts::shorter);
            }
        }
        return byDevice.values().stream()
                .sorted(Comparator.comparing(Mount::mountpoint))
                .limit(InventoryBook.FILESYSTEMS)
                .toList();
    }

    private boolean isBelowRoot(String mountpoint) {
        return root.isEmpty() || mountpoint.equals(root) || mountpoint.startsWith(root + '/');
    }

    private String onHost(String mountpoint) {
        return mountpoint.length() == root.length() ? "/" : mountpoint.substring(root.length());
    }

    static boolean fits(String mountpoint) {
        return !mountpoint.isEmpty() && mountpoint.getBytes(StandardCharsets.UTF_8).length <= Limits.NAME_BYTES;
    }

    private static Mount shorter(Mount a, Mount b) {
        return b.mountpoint().length() < a.mountpoint().length() ? b : a;
    }

    private static boolean isWatched(Mount mount) {
        if (!fits(mount.mountpoint())) {
            return false;
        }
        return LOCAL.contains(mount.type())
                || REMOTE.contains(mount.type())
                || (mount.type().startsWith(FUSE) && !FUSE_OF_NO_STORE.contains(mount.type()))
                // In a container the root is an overlay, elsewhere overlays are other people's containers.
                || (mount.type().equals(OVERLAY) && mount.mountpoint().equals("/"));
    }

    /** Undoes the kernel's escapes: blank, tab, line feed and backslash stand as three octal digits (getmntent(3)). */
    static String unescape(String field) {
        if (field.indexOf('\\') < 0) {
            return field;
        }
        byte[] bytes = field.getBytes(StandardCharsets.UTF_8);
        byte[] plain = new byte[bytes.length];
        int length = 0;
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] == '\\' && i + 3 < bytes.length && octal(bytes, i + 1)) {
                plain[length++] = (byte) ((bytes[i + 1] - '0') << 6 | (bytes[i + 2] - '0') << 3 | bytes[i + 3] - '0');
                i += 3;
            } else {
                plain[length++] = bytes[i];
            }
        }
        return new String(plain, 0, length, StandardCharsets.UTF_8);
    }

    private static boolean octal(byte[] bytes, int at) {
        for (int i = at; i < at + 3; i++) {
            if (bytes[i] < '0' || bytes[i] > '7') {
                return false;
            }
        }
        return true;
    }
}
