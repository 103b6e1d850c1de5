package io.bongsu.shipper.frame;

/** Where frames go. The bytes belong to the caller again as soon as the call returns. */
@FunctionalInterface
public interface Frames {
    /**
     * One frame, never empty, without its delimiter or octet count.
     *
     * @param cut bytes that are missing at the end because the frame exceeded the limit; 0 for a whole frame
     */
    void frame(byte[] data, int offset, int length, int cut);
}
