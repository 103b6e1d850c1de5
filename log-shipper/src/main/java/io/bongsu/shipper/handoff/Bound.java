package io.bongsu.shipper.handoff;

/**
 * The memory of everything received and not yet acknowledged: one gauge in bytes, compared with one limit. Senders that
 * can wait (TCP) stop at three quarters of it, so that those that cannot (UDP) find room while the others wait.
 * Thread-safe.
 */
public final class Bound {
    private final long limit;
    private final long waitAt;
    private final long resumeBelow;
    private volatile long used;
    private volatile boolean open = true;
    private boolean held;
    private Runnable onChange = () -> {};

    public Bound(long limit) {
        this.limit = limit;
        this.waitAt = limit / 4 * 3;
        this.resumeBelow = limit / 2;
    }

    /** What to do each time {@link #open()} changes; must be quick. Set before the first line. */
    public void onChange(Runnable action) {
        onChange = action;
    }

    /** Whether those who can wait may send. */
    public boolean open() {
        return open;
    }

    /** Whether what cannot wait must be dropped. */
    public boolean full() {
        return used >= limit;
    }

    public long used() {
        return used;
    }

    public long limit() {
        return limit;
    }

    /** Those who can wait, wait, however much memory is free: the spool is getting full. */
    synchronized void hold(boolean value) {
        held = value;
        charge(0);
    }

    synchronized boolean held() {
        return held;
    }

    /** Only what is at hand is charged, so the bound is exceeded by at most what was being read when it was reached. */
    synchronized void charge(long bytes) {
        used += bytes;
        boolean now = !held && used < waitAt && (open || used < resumeBelow);
        if (now != open) {
            open = now;
            onChange.run();
        }
    }
}
