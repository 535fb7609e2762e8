package ar.mcrn.sysmonstm.agent.collect;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * One file of {@code /proc}, kept open, read whole into a reused buffer and scanned there without making strings. Used by one
 * thread. A failed read closes the file; the next one opens it again.
 */
final class ProcFile implements AutoCloseable {
    private static final int LARGEST = 16 << 20;

    private final Path path;
    private RandomAccessFile file;
    private byte[] buffer = new byte[4096];
    private int end;
    private int at;

    ProcFile(Path path) {
        this.path = path;
    }

    /** Reads the file as it is now and goes to its beginning. */
    void load() throws IOException {
        try {
            if (file == null) {
                file = new RandomAccessFile(path.toFile(), "r");
            }
            file.seek(0);
            end = 0;
            at = 0;
            while (true) {
                if (end == buffer.length) {
                    if (buffer.length >= LARGEST) {
                        throw new IOException("file is larger than expected: file=" + path + ", limitBytes=" + LARGEST);
                    }
                    buffer = Arrays.copyOf(buffer, buffer.length * 2);
                }
                int count = file.read(buffer, end, buffer.length - end);
                if (count <= 0) {
                    return;
                }
                end += count;
            }
        } catch (IOException e) {
            close();
            throw e;
        }
    }

    /** True while there is something left to scan. */
    boolean hasMore() {
        return at < end;
    }

    /** Goes to the beginning of the next line. */
    void nextLine() {
        while (at < end && buffer[at] != '\n') {
            at++;
        }
        at++;
    }

    /** True where the rest of the line begins with {@code text}, which is then passed over. */
    boolean skip(byte[] text) {
        if (at + text.length > end || !Arrays.equals(buffer, at, at + text.length, text, 0, text.length)) {
            return false;
        }
        at += text.length;
        return true;
    }

    /** Passes over blanks. */
    void skipBlanks() {
        while (at < end && (buffer[at] == ' ' || buffer[at] == '\t')) {
            at++;
        }
    }

    /** Passes over blanks and then one word. */
    void skipWord() {
        skipBlanks();
        while (at < end && !isBlank(buffer[at])) {
            at++;
        }
    }

    /** Passes over blanks; true where a digit follows. */
    boolean atNumber() {
        skipBlanks();
        return at < end && buffer[at] >= '0' && buffer[at] <= '9';
    }

    /**
     * Next unsigned number of the line.
     *
     * @throws IOException where there is none
     */
    long number() throws IOException {
        if (!atNumber()) {
            throw new IOException("no number where one is expected: file=" + path + ", offset=" + at);
        }
        long value = 0;
        while (at < end && buffer[at] >= '0' && buffer[at] <= '9') {
            value = value * 10 + (buffer[at++] - '0');
        }
        return value;
    }

    /** Next number of the line with two decimals, such as 0.08, times 100. */
    long hundredths() throws IOException {
        long value = number() * 100;
        if (at < end && buffer[at] == '.') {
            at++;
            for (int unit = 10; at < end && buffer[at] >= '0' && buffer[at] <= '9'; unit /= 10) {
                value += (long) (buffer[at++] - '0') * unit;
            }
        }
        return value;
    }

    /** Passes over one character of the line. */
    void skipCharacter() {
        at++;
    }

    /** Passes over all up to and including {@code mark} in this line; false, and nowhere gone, where it has none. */
    boolean skipPast(char mark) {
        for (int i = at; i < end && buffer[i] != '\n'; i++) {
            if (buffer[i] == mark) {
                at = i + 1;
                return true;
            }
        }
        return false;
    }

    /** Length of the word at hand in bytes, up to a blank or {@code mark}. */
    int wordLength(char mark) {
        int i = at;
        while (i < end && !isBlank(buffer[i]) && buffer[i] != mark) {
            i++;
        }
        return i - at;
    }

    /** True where the next {@code length} bytes are the ASCII text {@code text}. */
    boolean matches(String text, int length) {
        if (text.length() != length) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            if (text.charAt(i) != (buffer[at + i] & 0xff)) {
                return false;
            }
        }
        return true;
    }

    /** The next {@code length} bytes as text; stays where it is. */
    String text(int length) {
        return new String(buffer, at, length, StandardCharsets.UTF_8);
    }

    /** Passes over {@code length} bytes. */
    void skip(int length) {
        at += length;
    }

    private static boolean isBlank(byte b) {
        return b == ' ' || b == '\t' || b == '\n';
    }

    static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    @Override
    public void close() {
        if (file != null) {
            try {
                file.close();
            } catch (IOException ignored) {
                // Nothing was written: there is nothing that closing could lose.
            }
            file = null;
        }
    }
}
