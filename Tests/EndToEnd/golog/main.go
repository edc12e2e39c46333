// Golog checks a transparency log with golang.org/x/mod/sumdb, the packages that check Go's own log.
//
//	golog -key VKEY [-limit N] [-sizes 1,2,300] [-old CHECKPOINT_FILE] [-proof FILE.tlog-proof] BASE_URL
package main

import (
	"crypto/sha256"
	"flag"
	"fmt"
	"os"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// A checker checks everything against the log's newest checkpoint, and counts the successful checks. It counts a check only if
// the proof results in the checkpoint's root. This is necessary because some versions of package tlog do not authenticate each
// tile that their hash reader reads.
type checker struct {
	log      *log
	verifier note.Verifier
	tree     tlog.Tree
	hashes   tlog.HashReader

	inclusions, consistencies, receipts int
}

func main() {
	key := flag.String("key", "", "the log's `vkey`")
	limit := flag.Int64("limit", 1000, "how many leaves are checked at most, evenly spread, with the last one")
	sizes := flag.String("sizes", "", "smaller `sizes` whose trees are checked, separated by commas; "+
		"by default the powers of two, one less and one more")
	old := flag.String("old", "", "a `file` with an older checkpoint")
	proof := flag.String("proof", "", "a `file` with a receipt")
	flag.Parse()
	if *key == "" || flag.NArg() != 1 {
		flag.Usage()
		os.Exit(64)
	}
	if err := run(flag.Arg(0), *key, *limit, *sizes, *old, *proof); err != nil {
		fmt.Fprintln(os.Stderr, "golog:", err)
		os.Exit(1)
	}
}

func run(base, key string, limit int64, sizes, old, proof string) error {
	verifier, err := note.NewVerifier(key)
	if err != nil {
		return err
	}
	c := &checker{log: newLog(base), verifier: verifier}
	data, err := c.log.get("checkpoint")
	if err != nil {
		return err
	}
	if c.tree, err = openCheckpoint(data, verifier); err != nil {
		return fmt.Errorf("checkpoint: %w", err)
	}
	c.hashes = tlog.TileHashReader(c.tree, c.log)
	if err := c.checkLeaves(limit); err != nil {
		return err
	}
	if err := c.checkSizes(sizes); err != nil {
		return err
	}
	if old != "" {
		if err := c.checkOlder(old); err != nil {
			return fmt.Errorf("%s: %w", old, err)
		}
	}
	if proof != "" {
		if err := c.checkReceipt(proof); err != nil {
			return fmt.Errorf("%s: %w", proof, err)
		}
	}
	fmt.Printf("%s: size %d, %d inclusions, %d consistencies, %d receipts\n",
		verifier.Name(), c.tree.N, c.inclusions, c.consistencies, c.receipts)
	return nil
}

// checkLeaves checks with inclusion proofs that the entries are leaves of the tree. It checks at most limit entries.
func (c *checker) checkLeaves(limit int64) error {
	if limit > c.tree.N {
		limit = c.tree.N
	}
	for i := int64(0); i < limit; i++ {
		index := (i+1)*c.tree.N/limit - 1
		entry, err := c.log.entry(index, c.tree.N)
		if err != nil {
			return err
		}
		if err := c.checkLeaf(index, tlog.RecordHash(entry)); err != nil {
			return err
		}
	}
	return nil
}

// checkLeaf checks that the tree has this leaf.
func (c *checker) checkLeaf(index int64, leaf tlog.Hash) error {
	proof, err := tlog.ProveRecord(c.tree.N, index, c.hashes)
	if err == nil {
		err = tlog.CheckRecord(proof, c.tree.N, c.tree.Hash, index, leaf)
	}
	if err != nil {
		return fmt.Errorf("entry %d: %w", index, err)
	}
	c.inclusions++
	return nil
}

// checkSizes checks that the trees of these smaller sizes are prefixes of the log's tree.
func (c *checker) checkSizes(list string) error {
	var sizes []int64
	for size := int64(1); list == "" && size < c.tree.N; size *= 2 {
		sizes = append(sizes, size-1, size, size+1)
	}
	for _, text := range strings.FieldsFunc(list, func(r rune) bool { return r == ',' }) {
		size, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return err
		}
		sizes = append(sizes, size)
	}
	for _, size := range sizes {
		if size <= 0 {
			continue
		}
		hash, err := tlog.TreeHash(size, c.hashes)
		if err != nil {
			return fmt.Errorf("size %d: %w", size, err)
		}
		if err := c.checkPrefix(tlog.Tree{N: size, Hash: hash}); err != nil {
			return err
		}
	}
	return nil
}

// checkPrefix checks with a consistency proof that a smaller tree is a prefix of the log's tree.
func (c *checker) checkPrefix(smaller tlog.Tree) error {
	if smaller.N > c.tree.N {
		return fmt.Errorf("size %d: the log has only %d entries", smaller.N, c.tree.N)
	}
	if smaller.N > 0 { // Every tree has grown out of the empty one. openCheckpoint checks its root.
		proof, err := tlog.ProveTree(c.tree.N, smaller.N, c.hashes)
		if err == nil {
			err = tlog.CheckTree(proof, c.tree.N, c.tree.Hash, smaller.N, smaller.Hash)
		}
		if err != nil {
			return fmt.Errorf("size %d: %w", smaller.N, err)
		}
	}
	c.consistencies++
	return nil
}

func (c *checker) checkOlder(file string) error {
	data, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	tree, err := openCheckpoint(data, c.verifier)
	if err != nil {
		return err
	}
	return c.checkPrefix(tree)
}

// checkReceipt checks a receipt and compares it with the log. A receipt without a record proves the log's entry at its index.
func (c *checker) checkReceipt(file string) error {
	data, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	r, err := parseReceipt(data)
	if err != nil {
		return err
	}
	tree, err := openCheckpoint(r.checkpoint, c.verifier)
	if err != nil {
		return err
	}
	if err := c.checkPrefix(tree); err != nil {
		return err
	}
	var entry []byte
	if r.record != nil {
		hash := sha256.Sum256(r.record)
		entry = hash[:]
	} else if entry, err = c.log.entry(r.index, c.tree.N); err != nil {
		return err
	}
	leaf := tlog.RecordHash(entry)
	if err := tlog.CheckRecord(r.proof, tree.N, tree.Hash, r.index, leaf); err != nil {
		return err
	}
	if err := c.checkLeaf(r.index, leaf); err != nil {
		return err
	}
	c.receipts++
	return nil
}
