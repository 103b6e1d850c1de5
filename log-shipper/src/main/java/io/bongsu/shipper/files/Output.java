package io.bongsu.shipper.files;

import io.bongsu.shipper.FileInput;
import io.bongsu.shipper.handoff.Source;

/** Where the lines of files go. */
interface Output {
    /**
     * @param name of the file: a function of its content and of its inode
     * @param from the first place that is read
     */
    File file(FileInput input, String name, long epoch, String path, long from);

    /** Whether there is room in memory; while there is none, nothing is read. */
    boolean open();

    /** One file's. */
    interface File {
        Source.Lines open();

        /** Nothing more will come. */
        void forget();
    }
}
