package io.bongsu.shipper.source;

import java.net.InetSocketAddress;

/** A bound port. What it reads becomes lines until {@link #close()}, which leaves no frame half read behind. */
public sealed interface SocketSource extends AutoCloseable permits TcpSource, UdpSource {
    /** Where it really listens: the port is never 0. */
    InetSocketAddress address();

    /** The room in memory changed: reads again, or waits. For sources that can wait; quick, from any thread. */
    void roomChanged();

    /** Stops reading; a frame that was begun is handed over. All is, once the transport is closed too. Idempotent. */
    @Override
    void close();
}
