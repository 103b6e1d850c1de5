/** What is deployed is checked without a cluster and without Docker: against schemas, and against what we promise of it. */
@NullMarked
package io.bongsu.k8s;

import org.jspecify.annotations.NullMarked;
