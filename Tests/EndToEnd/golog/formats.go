package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// openCheckpoint reads a C2SP tlog-checkpoint. Only its first line differs from a tree note of Go's own log.
func openCheckpoint(data []byte, verifier note.Verifier) (tlog.Tree, error) {
	opened, err := note.Open(data, note.VerifierList(verifier))
	if err != nil {
		return tlog.Tree{}, err
	}
	origin, rest, _ := strings.Cut(opened.Text, "\n")
	if origin != verifier.Name() {
		return tlog.Tree{}, fmt.Errorf("a checkpoint of %q", origin)
	}
	tree, err := tlog.ParseTree([]byte("go.sum database tree\n" + rest))
	if err == nil && tree.N == 0 && tree.Hash != sha256.Sum256(nil) {
		err = errors.New("the empty tree has another root")
	}
	return tree, err
}

// A receipt is a C2SP tlog-proof whose extra data is a record.
type receipt struct {
	record     []byte
	index      int64
	proof      tlog.RecordProof
	checkpoint []byte
}

var errReceipt = errors.New("not a receipt")

func parseReceipt(data []byte) (r receipt, err error) {
	head, checkpoint, found := bytes.Cut(data, []byte("\n\n"))
	lines := strings.Split(string(head), "\n")
	if !found || lines[0] != "c2sp.org/tlog-proof@v1" {
		return r, errReceipt
	}
	r.checkpoint, lines = checkpoint, lines[1:]
	if len(lines) > 0 && strings.HasPrefix(lines[0], "extra ") {
		if r.record, err = base64.StdEncoding.DecodeString(lines[0][len("extra "):]); err != nil {
			return r, err
		}
		lines = lines[1:]
	}
	if len(lines) == 0 || !strings.HasPrefix(lines[0], "index ") {
		return r, errReceipt
	}
	index := lines[0][len("index "):]
	if r.index, err = strconv.ParseInt(index, 10, 64); err != nil || strconv.FormatInt(r.index, 10) != index {
		return r, errReceipt
	}
	for _, line := range lines[1:] {
		hash, err := tlog.ParseHash(line)
		if err != nil {
			return r, err
		}
		r.proof = append(r.proof, hash)
	}
	return r, r.checkSequence()
}

// checkSequence checks that the sequence in the record is the record's index in the log.
func (r receipt) checkSequence() error {
	if r.record == nil {
		return nil
	}
	var named struct {
		Sequence *int64 `json:"sequence"`
	}
	if err := json.Unmarshal(r.record, &named); err != nil {
		return err
	}
	if named.Sequence == nil || *named.Sequence != r.index {
		return fmt.Errorf("the record does not name entry %d", r.index)
	}
	return nil
}
