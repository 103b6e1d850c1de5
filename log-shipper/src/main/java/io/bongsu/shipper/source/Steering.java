package io.bongsu.shipper.source;

import io.netty.channel.Channel;
import io.netty.channel.unix.Buffer;
import io.netty.channel.unix.RawUnixChannelOption;
import java.lang.ref.Reference;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * Which of a port's sockets a sender's datagrams come to: a hash of its address, and not of its port, so that a host that
 * floods from many ports fills one buffer and not all. The kernel is given the hash as a program (classic BPF, {@code
 * SO_ATTACH_REUSEPORT_CBPF} of socket(7), Linux 4.5; it needs no privilege), and {@link #socket} is the same hash here.
 * IPv6 counts by /64, as rates do.
 */
final class Steering {
    /** A power of two. What one of them holds is lost to the others: with 16 a neighbour shares a flooder's one time in 16. */
    static final int SOCKETS = 16;

    private static final int SOL_SOCKET = 1;
    private static final int SO_ATTACH_REUSEPORT_CBPF = 51;
    private static final RawUnixChannelOption ATTACH =
            new RawUnixChannelOption("SO_ATTACH_REUSEPORT_CBPF", SOL_SOCKET, SO_ATTACH_REUSEPORT_CBPF, 16);

    /** Nine numbers of 32 bits, the last how many datagrams the socket dropped. */
    private static final RawUnixChannelOption MEMORY = new RawUnixChannelOption("SO_MEMINFO", SOL_SOCKET, 55, 9 * 4);

    // linux/bpf_common.h and linux/filter.h
    private static final int LOAD_BYTE = 0x30;
    private static final int LOAD_WORD = 0x20;
    private static final int TO_X = 0x07;
    private static final int XOR_X = 0xac;
    private static final int MULTIPLY = 0x24;
    private static final int SHIFT_RIGHT = 0x74;
    private static final int JUMP = 0x05;
    private static final int JUMP_IF_NOT_LESS = 0x35;
    private static final int RETURN_A = 0x16;
    /** Offsets from the header of IPv4 or IPv6, and not from the datagram's data. */
    private static final int NETWORK = -0x100000;

    private static final int SECOND_FACTOR = 0x2c1b3c6d;

    private final int factor;

    /** @param seed differs from start to start, so that nobody can know whose socket he shares */
    Steering(int seed) {
        factor = seed | 1;
    }

    /** From 0; the sockets in the order in which they were bound. */
    int socket(InetAddress sender) {
        long key = SenderRates.key(sender);
        int hash = ((int) (key >>> 32) ^ (int) key) * factor;
        return ((hash ^ hash >>> 15) * SECOND_FACTOR) >>> Integer.numberOfLeadingZeros(SOCKETS) + 1;
    }

    /**
     * For all sockets on the port.
     *
     * @param channel of epoll, with {@code SO_REUSEPORT}, bound
     * @throws io.netty.channel.ChannelException the kernel does not take it
     */
    void attach(Channel channel) {
        List<int[]> program = List.of(
                new int[] {LOAD_BYTE, 0, NETWORK},
                new int[] {JUMP_IF_NOT_LESS, 2, 0x60},
                new int[] {LOAD_WORD, 0, NETWORK + 12},
                new int[] {JUMP, 0, 4},
                new int[] {LOAD_WORD, 0, NETWORK + 8},
                new int[] {TO_X, 0, 0},
                new int[] {LOAD_WORD, 0, NETWORK + 12},
                new int[] {XOR_X, 0, 0},
                new int[] {MULTIPLY, 0, factor},
                new int[] {TO_X, 0, 0},
                new int[] {SHIFT_RIGHT, 0, 15},
                new int[] {XOR_X, 0, 0},
                new int[] {MULTIPLY, 0, SECOND_FACTOR},
                new int[] {SHIFT_RIGHT, 0, Integer.numberOfLeadingZeros(SOCKETS) + 1},
                new int[] {RETURN_A, 0, 0});
        ByteBuffer filters = ByteBuffer.allocateDirect(program.size() * 8).order(ByteOrder.nativeOrder());
        for (int[] step : program) {
            filters.putShort((short) step[0]).put((byte) step[1]).put((byte) 0).putInt(step[2]);
        }
        // struct sock_fprog: a count, and where the steps are. The kernel copies them.
        ByteBuffer described = ByteBuffer.allocateDirect(16).order(ByteOrder.nativeOrder());
        described.putShort(0, (short) program.size()).putLong(8, Buffer.memoryAddress(filters));
        channel.config().setOption(ATTACH, described);
        Reference.reachabilityFence(filters);
    }

    /** Datagrams that the kernel dropped at that socket, modulo 2^32. */
    static long dropped(Channel channel) {
        ByteBuffer memory = channel.config().getOption(MEMORY).duplicate().order(ByteOrder.nativeOrder());
        return memory.getInt(8 * 4);
    }
}
