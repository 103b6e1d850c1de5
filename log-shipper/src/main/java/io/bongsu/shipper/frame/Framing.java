package io.bongsu.shipper.frame;

/** How a stream of bytes is divided into frames. */
public enum Framing {
    /** RFC 6587: octet counting, or a line that ends with LF or NUL; each frame may choose. */
    SYSLOG,
    /** Lines that end with LF, as JSON lines do: a JSON text never holds a raw LF. */
    LINES,
    /** Texts that end with NUL, as GELF over TCP: they may hold line feeds. */
    NULS
}
