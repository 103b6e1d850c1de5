package io.bongsu.ingest.offline;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPInputStream;

/**
 * A file without its byte order mark; one in UTF-16, as PowerShell writes them, is turned into UTF-8 while it is read, and
 * one that gzip has packed is unpacked.
 */
final class Utf8 {
    private Utf8() {}

    static BufferedInputStream of(InputStream in) throws IOException {
        BufferedInputStream buffered = new BufferedInputStream(in, 1 << 16);
        byte[] first = first(buffered);
        boolean packed = first.length >= 2 && first[0] == (byte) 0x1F && first[1] == (byte) 0x8B;
        return text(packed ? new BufferedInputStream(new GZIPInputStream(buffered, 1 << 16), 1 << 16) : buffered);
    }

    private static byte[] first(BufferedInputStream in) throws IOException {
        in.mark(4);
        byte[] first = in.readNBytes(3);
        in.reset();
        return first;
    }

    private static BufferedInputStream text(BufferedInputStream buffered) throws IOException {
        byte[] first = first(buffered);
        boolean utf8 =
                first.length == 3 && first[0] == (byte) 0xEF && first[1] == (byte) 0xBB && first[2] == (byte) 0xBF;
        boolean little = first.length >= 2 && first[0] == (byte) 0xFF && first[1] == (byte) 0xFE;
        boolean big = first.length >= 2 && first[0] == (byte) 0xFE && first[1] == (byte) 0xFF;
        if (utf8) {
            buffered.skipNBytes(3);
        } else if (little || big) {
            buffered.skipNBytes(2);
            Charset charset = little ? StandardCharsets.UTF_16LE : StandardCharsets.UTF_16BE;
            return new BufferedInputStream(new Encoded(new InputStreamReader(buffered, charset)), 1 << 16);
        }
        return buffered;
    }

    private static final class Encoded extends InputStream {
        private final Reader reader;
        private final char[] chars = new char[4_096];
        private int kept;
        private byte[] bytes = new byte[0];
        private int next;

        Encoded(Reader reader) {
            this.reader = reader;
        }

        @Override
        public int read() throws IOException {
            while (next == bytes.length) {
                int count = reader.read(chars, kept, chars.length - kept);
                if (count < 0 && kept == 0) {
                    return -1;
                }
                int length = kept + Math.max(count, 0);
                // The first half of a pair waits for the second.
                kept = count >= 0 && Character.isHighSurrogate(chars[length - 1]) ? 1 : 0;
                bytes = new String(chars, 0, length - kept).getBytes(StandardCharsets.UTF_8);
                chars[0] = chars[length - 1];
                next = 0;
            }
            return bytes[next++] & 0xff;
        }
    }
}
