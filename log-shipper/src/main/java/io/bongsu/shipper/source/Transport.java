package io.bongsu.shipper.source;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.concurrent.TimeUnit;

/**
 * The event loops of all sources. Their number is fixed; no thread per connection. Datagrams come by epoll where it is
 * there, several a system call. Connections never do: once a peer has closed its end, Netty's epoll reads all that the kernel
 * holds of it, up to 32 MB a connection, whether there is room or not. NIO reads when it is told to.
 */
public final class Transport implements AutoCloseable {
    private final boolean epoll = Epoll.isAvailable();
    private final EventLoopGroup tcp;
    private final EventLoopGroup udp;

    /** @param udpListeners each has a loop of its own, so that a busy TCP sender does not make datagrams wait */
    public Transport(int tcpThreads, int udpListeners) {
        tcp = loops("bongsu-shipper-tcp", tcpThreads, NioIoHandler.newFactory());
        udp = loops(
                "bongsu-shipper-udp",
                Math.max(1, udpListeners),
                epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory());
    }

    private static EventLoopGroup loops(String name, int threads, IoHandlerFactory io) {
        return new MultiThreadIoEventLoopGroup(threads, new DefaultThreadFactory(name), io);
    }

    boolean epoll() {
        return epoll;
    }

    EventLoopGroup tcp() {
        return tcp;
    }

    EventLoopGroup udp() {
        return udp;
    }

    Class<? extends DatagramChannel> datagramChannel() {
        return epoll ? EpollDatagramChannel.class : NioDatagramChannel.class;
    }

    @Override
    public void close() {
        tcp.shutdownGracefully(0, 5, TimeUnit.SECONDS);
        udp.shutdownGracefully(0, 5, TimeUnit.SECONDS);
        tcp.terminationFuture().awaitUninterruptibly(10, TimeUnit.SECONDS);
        udp.terminationFuture().awaitUninterruptibly(10, TimeUnit.SECONDS);
    }
}
