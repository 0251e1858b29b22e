"""The embedded store's search beside those of well-known libraries, on the same vectors in one run.

    pip install numpy faiss-cpu usearch hnswlib      # those that are missing are left out and named
    python tools/reference/nearest.py [LOOKS] [--graphs LOOKS] [--kinship SHARE] [--bench PROGRAM]

Runs the store's bench (`cargo bench`, or the PROGRAM that it has built), which writes its vectors and queries, then asks numpy, faiss, hnswlib and usearch the same
questions one at a time, and the old system's way (JSON and JavaScript, `legacy_scan.mjs`, needs Node.js) those over 10,000
looks. Graphs are built over the first `--graphs` looks only: building them takes minutes. `--kinship` draws looks of 300 kinds
instead of vectors spread evenly. Processor time is what a busy machine does not disturb.
"""

import argparse
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import time

import numpy as np

DIMENSIONS = 512
COUNT = 10
THREADS = os.cpu_count() or 1
LEGACY_LOOKS = 10_000
HERE = pathlib.Path(__file__).parent


def line(name, p50, p99, best, spent, recall=None):
    told = "" if recall is None else f"  recall {recall:.4f}"
    print(f"{name:<44} p50 {p50:8.3f} ms  p99 {p99:8.3f} ms  best {best:8.3f} ms  processor {spent:8.3f} ms{told}", flush=True)


def ask(name, search, queries, truth):
    """Times single queries; recall is the share of answers as near as the tenth nearest."""
    for query in queries[:20]:
        search(query)
    times, found, before = [], [], time.process_time()
    for query in queries:
        start = time.perf_counter()
        found.append(search(query))
        times.append((time.perf_counter() - start) * 1e3)
    spent = (time.process_time() - before) / len(queries) * 1e3
    right = sum(int(np.sum(np.asarray(similarities) >= limit - 1e-5)) for similarities, limit in zip(found, truth))
    p50, p99 = np.percentile(times, [50, 99])
    line(name, p50, p99, min(times), spent, right / (COUNT * len(queries)))


def truth_of(vectors, queries):
    """The similarity of each query's tenth nearest."""
    return [np.partition(vectors @ query, -COUNT)[-COUNT] for query in queries]


def built(name, build):
    start, before = time.perf_counter(), time.process_time()
    build()
    print(f"{name:<44} {time.perf_counter() - start:8.1f} s, {time.process_time() - before:8.1f} s of processor", flush=True)


def flat(vectors, queries, truth):
    def plain(query):
        return np.partition(vectors @ query, -COUNT)[-COUNT:]

    ask("numpy, float32", plain, queries, truth)
    try:
        import faiss
    except ImportError:
        print("left out: faiss is not installed")
        return
    index = faiss.IndexFlatIP(DIMENSIONS)
    index.add(vectors)
    for threads in sorted({1, THREADS}):
        faiss.omp_set_num_threads(threads)
        ask(f"faiss {faiss.__version__} flat, {threads} threads", lambda query: index.search(query[None], COUNT)[0][0], queries, truth)


def graphs(vectors, queries):
    truth = truth_of(vectors, queries)
    print(f"graphs over {len(vectors)} looks:")
    try:
        import faiss
    except ImportError:
        print("left out: faiss is not installed")
    else:
        faiss.omp_set_num_threads(THREADS)
        graph = faiss.IndexHNSWFlat(DIMENSIONS, 32, faiss.METRIC_INNER_PRODUCT)
        graph.hnsw.efConstruction = 100
        built("faiss HNSW (32, 100), built in", lambda: graph.add(vectors))
        for width in (64, 512):
            graph.hnsw.efSearch = width
            ask(f"faiss HNSW, ef {width}", lambda query: graph.search(query[None], COUNT)[0][0], queries, truth)
    try:
        import hnswlib
    except ImportError:
        print("left out: hnswlib is not installed")
    else:
        index = hnswlib.Index(space="ip", dim=DIMENSIONS)
        index.init_index(max_elements=len(vectors), M=32, ef_construction=100)
        built("hnswlib (32, 100), built in", lambda: index.add_items(vectors, num_threads=THREADS))
        for width in (64, 512):
            index.set_ef(width)
            ask(f"hnswlib, ef {width}", lambda query: 1 - index.knn_query(query[None], COUNT)[1][0], queries, truth)
    try:
        from usearch.index import Index
    except ImportError:
        print("left out: usearch is not installed")
    else:
        index = Index(ndim=DIMENSIONS, metric="ip", dtype="f32", connectivity=32, expansion_add=100)
        built("usearch (32, 100), built in", lambda: index.add(np.arange(len(vectors)), vectors, threads=THREADS))
        for width in (64, 512):
            index.expansion_search = width
            ask(f"usearch, ef {width}", lambda query: 1 - np.asarray(index.search(query, COUNT).distances), queries, truth)


def legacy(folder):
    node = shutil.which("node")
    if node is None:
        print("left out: the old system's scan needs Node.js")
        return
    command = [node, "--expose-gc", "--max-old-space-size=8192", str(HERE / "legacy_scan.mjs"), f"{folder}/vectors.f32", f"{folder}/queries.f32"]
    run = subprocess.run([*command, str(LEGACY_LOOKS), str(DIMENSIONS)], capture_output=True, text=True, check=True)
    told = json.loads(run.stdout)
    for name, what in (("one", "one vector"), ("eight", "all eight")):
        times = told[name]
        line(f"the old way, {told['looks']} looks, {what}", times["p50"], times["p99"], times["best"], times["processor"])
    file = told["json"]
    print(f"the old index file of {file['looks']} looks: {file['bytes'] / 1e6:.0f} MB, loaded in {file['loadMs']} ms; "
          f"{told['rssMb']:.0f} MB of memory for {told['looks']}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("looks", type=int, nargs="?", default=100_000)
    parser.add_argument("--graphs", type=int, default=None, help="looks that graphs are built over; as many as there are")
    parser.add_argument("--kinship", default="0")
    parser.add_argument("--bench", help="the store's bench, already built")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        environment = dict(os.environ, LORGNON_BENCH_DUMP=folder, LORGNON_BENCH_KINSHIP=options.kinship)
        built_by_cargo = ["cargo", "bench", "-q", "-p", "lorgnon-index", "--bench", "store", "--"]
        command = [options.bench] if options.bench else built_by_cargo
        subprocess.run([*command, str(options.looks), str(DIMENSIONS)], env=environment, check=True)
        vectors = np.fromfile(os.path.join(folder, "vectors.f32"), "<f4").reshape(-1, DIMENSIONS)
        queries = np.fromfile(os.path.join(folder, "queries.f32"), "<f4").reshape(-1, DIMENSIONS)
        flat(vectors, queries, truth_of(vectors, queries))
        legacy(folder)
        graphs(vectors[: options.graphs], queries)


if __name__ == "__main__":
    main()
