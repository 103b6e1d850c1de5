package io.bongsu.shipper.files;

/** How far a file is read or acknowledged. @param tail the bytes before it */
record Place(long offset, Mark tail) {
    static final Place START = new Place(0, Mark.NONE);
}
