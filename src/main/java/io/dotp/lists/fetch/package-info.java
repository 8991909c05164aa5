/**
 * Downloads of domain lists: a list is asked for through our own upstream servers, checked, and put
 * in place whole; whatever goes wrong, the last good one stays.
 *
 * <p>Reading order: {@link io.dotp.lists.fetch.ListRefresher}, {@link
 * io.dotp.lists.fetch.ListFetcher}, {@link io.dotp.lists.fetch.StoredList}.
 */
@NullMarked
package io.dotp.lists.fetch;

import org.jspecify.annotations.NullMarked;
