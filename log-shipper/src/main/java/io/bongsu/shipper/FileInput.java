package io.bongsu.shipper;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Log files that are followed, and what their lines have in common.
 *
 * @param name unique among inputs and listeners; the first part of each source identity, so it must not change
 * @param paths absolute, with {@code * ? [a-z] {a,b}} within a name and {@code **} for any folders; at least one
 * @param exclude the same; what matches is not read
 * @param tag source tag that parsers may ask for
 * @param charset hint for lines that are not UTF-8
 * @param zone of stamps that name none, for example Asia/Seoul
 */
public record FileInput(
        String name,
        List<String> paths,
        List<String> exclude,
        Start start,
        Format format,
        @Nullable String tag,
        @Nullable String charset,
        @Nullable String zone) {

    /** Where files begin that are there when the input is new. Files that come later are read from their beginning. */
    public enum Start {
        BEGINNING,
        END
    }

    /** What a line of the file is. */
    public enum Format {
        /** As it stands there. */
        PLAIN,
        /** The Kubernetes container runtime's: time, stream, {@code P} or {@code F}, text. Parts become one line. */
        CRI
    }

    /** @throws IllegalArgumentException saying which value is wrong and what is expected */
    public FileInput {
        paths = List.copyOf(paths);
        exclude = List.copyOf(exclude);
        Listener.check("file input", name, charset, zone);
        if (paths.isEmpty()) {
            throw new IllegalArgumentException("file input '" + name + "': expected at least one path");
        }
        for (String path : paths) {
            if (!Path.of(path.replaceAll("[*?].*", "")).isAbsolute()) {
                throw new IllegalArgumentException("file input '" + name + "': '" + path + "' is not absolute");
            }
        }
    }
}
