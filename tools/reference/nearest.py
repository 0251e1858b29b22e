"""The embedded store's search beside those of well-known libraries, on the same vectors in one run.

    pip install numpy faiss-cpu usearch hnswlib      # those that are missing are left out
    python tools/reference/nearest.py [LOOKS]

Runs the store's bench, which writes its vectors and queries, then asks the libraries the same
questions one at a time. Processor time is what a busy machine does not disturb.
"""

import os
import subprocess
import sys
import tempfile
import time

import numpy as np

DIMENSIONS = 512
COUNT = 10
THREADS = 2


def ask(name, search, queries, truth):
    """Times single queries; recall is the share of answers as near as the tenth nearest."""
    for query in queries[:20]:
        search(query)
    times, before = [], time.process_time()
    found = []
    for query in queries:
        start = time.perf_counter()
        found.append(search(query))
        times.append((time.perf_counter() - start) * 1e3)
    spent = (time.process_time() - before) / len(queries) * 1e3
    right = sum(int(np.sum(similarities >= limit - 1e-5)) for similarities, limit in zip(found, truth))
    recall = right / (COUNT * len(queries))
    p50, p99 = np.percentile(times, [50, 99])
    print(f"{name:<44} p50 {p50:8.3f} ms  p99 {p99:8.3f} ms  best {min(times):8.3f} ms  "
          f"processor {spent:8.3f} ms  recall {recall:.4f}", flush=True)


def main():
    looks = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with tempfile.TemporaryDirectory() as folder:
        environment = dict(os.environ, LORGNON_BENCH_DUMP=folder)
        command = ["cargo", "bench", "-q", "-p", "lorgnon-index", "--bench", "store", "--", str(looks)]
        subprocess.run(command, env=environment, check=True)
        vectors = np.fromfile(os.path.join(folder, "vectors.f32"), "<f4").reshape(-1, DIMENSIONS)
        queries = np.fromfile(os.path.join(folder, "queries.f32"), "<f4").reshape(-1, DIMENSIONS)
    truth = [np.sort(vectors @ query)[-COUNT] for query in queries]
    ask("numpy, float32", lambda query: np.sort(np.partition(vectors @ query, -COUNT)[-COUNT:]), queries, truth)

    try:
        import faiss
    except ImportError:
        print("skipped: faiss is not installed")
    else:
        for threads in (1, THREADS):
            faiss.omp_set_num_threads(threads)
            flat = faiss.IndexFlatIP(DIMENSIONS)
            flat.add(vectors)
            ask(f"faiss flat, {threads} threads", lambda query: flat.search(query[None], COUNT)[0][0], queries, truth)
        graph = faiss.IndexHNSWFlat(DIMENSIONS, 32, faiss.METRIC_INNER_PRODUCT)
        graph.hnsw.efConstruction = 100
        start = time.perf_counter()
        graph.add(vectors)
        print(f"{'faiss HNSW, built in':<44} {time.perf_counter() - start:8.1f} s")
        for width in (64, 512):
            graph.hnsw.efSearch = width
            ask(f"faiss HNSW, ef {width}", lambda query: graph.search(query[None], COUNT)[0][0], queries, truth)

    try:
        from usearch.index import Index
    except ImportError:
        print("skipped: usearch is not installed")
    else:
        index = Index(ndim=DIMENSIONS, metric="ip", dtype="f32", connectivity=32)
        start = time.perf_counter()
        index.add(np.arange(len(vectors)), vectors, threads=THREADS)
        print(f"{'usearch HNSW, built in':<44} {time.perf_counter() - start:8.1f} s")
        ask("usearch HNSW", lambda query: 1 - np.asarray(index.search(query, COUNT).distances), queries, truth)

    try:
        import hnswlib
    except ImportError:
        print("skipped: hnswlib is not installed")
    else:
        index = hnswlib.Index(space="ip", dim=DIMENSIONS)
        index.init_index(max_elements=len(vectors), M=32, ef_construction=100)
        start = time.perf_counter()
        index.add_items(vectors, num_threads=THREADS)
        print(f"{'hnswlib, built in':<44} {time.perf_counter() - start:8.1f} s")
        index.set_ef(64)
        ask("hnswlib, ef 64", lambda query: 1 - index.knn_query(query[None], COUNT)[1][0], queries, truth)


if __name__ == "__main__":
    main()
