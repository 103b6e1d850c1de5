package io.bongsu.shipper.source;

import io.bongsu.shipper.frame.Datagram;
import io.bongsu.shipper.frame.Frames;
import io.bongsu.shipper.frame.GelfDatagrams;
import io.bongsu.shipper.handoff.Bound;
import io.bongsu.shipper.handoff.HandOff;
import io.bongsu.shipper.handoff.Ledger;
import io.bongsu.shipper.handoff.Origin;
import io.bongsu.shipper.handoff.Source;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.unix.UnixChannelOption;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Datagrams. A sender cannot be made to wait: what comes while memory is full is dropped and counted, and so is what the
 * kernel dropped because we were too slow. Where the kernel can ({@link Steering}) the port has several sockets, each with
 * a receive buffer as large as the kernel allows, that are read in turns: a sender that floods fills its own.
 */
public final class UdpSource implements SocketSource {
    private static final Logger LOG = LoggerFactory.getLogger(UdpSource.class);
    private static final int MAX_DATAGRAM = 65_536;
    /** The buffer stays within what Netty pools, 1 MiB; a datagram alone costs four times as much processor time. */
    private static final int DATAGRAMS_A_CALL = 16;
    /** Then it is the next socket's turn: a thousand datagrams are a few milliseconds. */
    private static final int CALLS_A_TURN = 64;

    /** On one event loop. The first is there always. */
    private final List<Channel> channels = new ArrayList<>();

    private final KernelDrops kernelDrops;

    /**
     * Binds and receives.
     *
     * @param gelfBytes what GELF messages may take that are not whole yet; 0: a datagram is a line
     * @param receiveBuffer bytes asked of the kernel
     * @param senderRate datagrams a second that each sender may send while room that others need is scarce; 0: any
     * @throws IOException the address cannot be had
     */
    public UdpSource(
            Transport transport,
            HandOff handOff,
            Bound bound,
            Ledger.Listener ledger,
            Origin origin,
            InetSocketAddress bind,
            int maxLineBytes,
            long gelfBytes,
            int receiveBuffer,
            int senderRate)
            throws IOException {
        Receiver receiver = new Receiver(handOff, bound, ledger, origin, maxLineBytes, gelfBytes, senderRate);
        Bootstrap bootstrap = new Bootstrap()
                .group(transport.udp().next())
                .channel(transport.datagramChannel())
                .option(ChannelOption.SO_RCVBUF, receiveBuffer)
                .option(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(MAX_DATAGRAM));
        if (transport.epoll()) {
            // recvmmsg: several datagrams a system call.
            bootstrap
                    .option(EpollChannelOption.MAX_DATAGRAM_PAYLOAD_SIZE, MAX_DATAGRAM)
                    .option(
                            ChannelOption.RECVBUF_ALLOCATOR,
                            new FixedRecvByteBufAllocator(MAX_DATAGRAM * DATAGRAMS_A_CALL)
                                    .maxMessagesPerRead(CALLS_A_TURN));
        }
        bind(bootstrap, bind, receiver);
        if (transport.epoll()) {
            share(bootstrap, receiver);
        }
        kernelDrops = KernelDrops.of(address().getPort());
        ledger.droppedByKernel(kernelDrops::count);
        first().eventLoop().scheduleWithFixedDelay(() -> seeWhatIsDropped(receiver), 1, 1, TimeUnit.SECONDS);
        warnIfSmall(origin.listener(), receiveBuffer);
    }

    private void bind(Bootstrap bootstrap, InetSocketAddress address, Receiver receiver) throws IOException {
        Inlet inlet = new Inlet(receiver, channels.size());
        channels.add(Binding.await(bootstrap.clone().handler(inlet).bind(address)));
    }

    /** More sockets for the port. The first was bound alone, so a port that somebody else has is refused as ever. */
    private void share(Bootstrap bootstrap, Receiver receiver) {
        Steering steering = new Steering(new SecureRandom().nextInt());
        try {
            first().config().setOption(UnixChannelOption.SO_REUSEPORT, true);
            Bootstrap more = bootstrap.clone().option(UnixChannelOption.SO_REUSEPORT, true);
            while (channels.size() < Steering.SOCKETS) {
                bind(more, address(), receiver);
            }
            steering.attach(first());
            receiver.steering = steering;
        } catch (IOException | ChannelException e) {
            LOG.atWarn()
                    .addKeyValue("port", address().getPort())
                    .addKeyValue("reason", e.getMessage())
                    .log("The kernel does not divide a UDP port among sockets by sender: all senders share one"
                            + " receive buffer, and one that floods can make the others lose lines");
            while (channels.size() > 1) {
                channels.removeLast().close().awaitUninterruptibly();
            }
        }
    }

    private void seeWhatIsDropped(Receiver receiver) {
        for (int i = 0; i < channels.size(); i++) {
            receiver.kernelDropped(i, channels.size() == 1 ? kernelDrops.count() : Steering.dropped(channels.get(i)));
        }
    }

    private Channel first() {
        return channels.getFirst();
    }

    private void warnIfSmall(String listener, int asked) {
        Integer granted = first().config().getOption(ChannelOption.SO_RCVBUF);
        // Linux answers with twice the bytes that were set, for its own book-keeping.
        if (granted != null && granted < asked) {
            LOG.atWarn()
                    .addKeyValue("listener", listener)
                    .addKeyValue("asked.bytes", asked)
                    .addKeyValue("granted.bytes", granted)
                    .log("The kernel allows only a small receive buffer, so bursts over UDP will be lost;"
                            + " raise it with: sysctl -w net.core.rmem_max=" + asked);
        }
    }

    @Override
    public InetSocketAddress address() {
        return (InetSocketAddress) first().localAddress();
    }

    @Override
    public void roomChanged() {
        // a datagram does not wait
    }

    @Override
    public void close() {
        kernelDrops.count();
        channels.reversed().forEach(channel -> channel.close().awaitUninterruptibly());
    }

    /** What one socket brings to the receiver of all. */
    private static final class Inlet extends SimpleChannelInboundHandler<DatagramPacket> {
        private final Receiver receiver;
        private final int socket;

        Inlet(Receiver receiver, int socket) {
            this.receiver = receiver;
            this.socket = socket;
        }

        @Override
        public void channelActive(ChannelHandlerContext context) {
            if (socket == 0) {
                receiver.begin(context);
            }
        }

        @Override
        protected void channelRead0(ChannelHandlerContext context, DatagramPacket packet) {
            receiver.read(socket, packet);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            LOG.atError()
                    .setCause(cause)
                    .addKeyValue("listener", receiver.origin.listener())
                    .log("A datagram could not be received");
        }
    }

    /** For the event loop's thread. */
    private static final class Receiver {
        private final HandOff handOff;
        private final Bound bound;
        private final Ledger.Listener ledger;
        private final Origin origin;
        private final int maxLineBytes;
        private final byte[] datagram = new byte[MAX_DATAGRAM];
        private final Map<InetAddress, Source> sources = new HashMap<>();
        private final @Nullable GelfDatagrams gelf;
        private final SenderRates rates;
        /** Null: there is one socket. */
        private volatile @Nullable Steering steering;

        private final long[] kernelDrops = new long[Steering.SOCKETS];
        private final boolean[] tooSlow = new boolean[Steering.SOCKETS];
        private final List<Company> companies =
                Stream.generate(Company::new).limit(Steering.SOCKETS).toList();

        Receiver(
                HandOff handOff,
                Bound bound,
                Ledger.Listener ledger,
                Origin origin,
                int maxLineBytes,
                long gelfBytes,
                int senderRate) {
            this.rates = new SenderRates(senderRate);
            this.handOff = handOff;
            this.bound = bound;
            this.ledger = ledger;
            this.origin = origin;
            this.maxLineBytes = maxLineBytes;
            this.gelf = gelfBytes == 0
                    ? null
                    : new GelfDatagrams(
                            maxLineBytes,
                            gelfBytes,
                            (sender, drop) -> ledger.dropped(drop.name().toLowerCase(Locale.ROOT), sender));
        }

        void begin(ChannelHandlerContext context) {
            if (gelf != null) {
                GelfDatagrams messages = gelf;
                Future<?> expiring = context.executor()
                        .scheduleWithFixedDelay(() -> messages.expire(System.nanoTime()), 1, 1, TimeUnit.SECONDS);
                context.channel().closeFuture().addListener(closed -> {
                    expiring.cancel(false);
                    messages.end();
                });
            }
        }

        void read(int socket, DatagramPacket packet) {
            InetAddress peer = packet.sender().getAddress();
            Steering dividing = steering;
            if (dividing != null && dividing.socket(peer) != socket) {
                // Of a datagram to a broadcast or multicast address each socket gets a copy, and one of them counts.
                return;
            }
            long now = System.nanoTime();
            long sender = SenderRates.key(peer);
            boolean shared = companies.get(socket).with(sender, now);
            boolean scarce = shared && tooSlow[socket] || !bound.open();
            if (!rates.within(sender, now) && scarce) {
                ledger.dropped("rate", peer);
                return;
            }
            ByteBuf content = packet.content();
            int length = content.readableBytes();
            content.readBytes(datagram, 0, length);
            Frames frames = (data, offset, size, cut) -> line(peer, data, offset, size, cut);
            if (gelf == null) {
                Datagram.frame(datagram, 0, length, maxLineBytes, frames);
            } else {
                gelf.feed(peer, datagram, length, now, frames);
            }
        }

        /** Once a second: whether we are too slow for what comes to a socket, and who shares it must be held to a rate. */
        void kernelDropped(int socket, long count) {
            tooSlow[socket] = count != kernelDrops[socket];
            kernelDrops[socket] = count;
        }

        private void line(InetAddress peer, byte[] data, int offset, int size, int cut) {
            if (bound.full()) {
                ledger.droppedFull(peer);
                return;
            }
            try (Source.Lines lines = source(peer).open()) {
                lines.frame(data, offset, size, cut);
            }
        }

        private Source source(InetAddress peer) {
            Source known = sources.get(peer);
            if (known != null) {
                return known;
            }
            // Forged senders may be without number; what is forgotten here is remembered, and bounded, in the hand-off.
            if (sources.size() > 10_000) {
                sources.clear();
            }
            Source source = handOff.source(origin, TcpSource.ip(peer));
            sources.put(peer, source);
            return source;
        }
    }
}
