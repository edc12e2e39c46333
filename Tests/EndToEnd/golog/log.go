package main

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/tlog"
)

const (
	// The height of a tile. Go's tiles can have any height, but C2SP tlog-tiles requires this height.
	tileHeight = 8
	tileWidth  = 1 << tileHeight
	// The level that package tlog uses for tiles of entries.
	entryLevel = -1
	// The maximum length of an answer in bytes: 256 entries of the maximum length, each with a length of two bytes in front.
	largestAnswer = tileWidth * (2 + 1<<16 - 1)
)

var errMissing = errors.New("missing")

// A log reads the tiles of a C2SP log below a URL. It implements tlog.TileReader.
type log struct {
	base    string
	client  http.Client
	tiles   map[tlog.Tile][]byte
	bundle  tlog.Tile
	entries [][]byte
}

func newLog(base string) *log {
	return &log{
		base:   strings.TrimRight(base, "/"),
		client: http.Client{Timeout: 30 * time.Second},
		tiles:  make(map[tlog.Tile][]byte),
	}
}

// get reads a file below the base URL.
func (l *log) get(path string) ([]byte, error) {
	response, err := l.client.Get(l.base + "/" + path)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	if response.StatusCode == http.StatusNotFound || response.StatusCode == http.StatusGone {
		return nil, fmt.Errorf("%s: %w", path, errMissing)
	}
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s: %s", path, response.Status)
	}
	return io.ReadAll(io.LimitReader(response.Body, largestAnswer))
}

// path returns the C2SP path of a tile: Go's path without its height, and with "entries" instead of "data".
func path(t tlog.Tile) string {
	p := strings.TrimPrefix(t.Path(), fmt.Sprintf("tile/%d/", tileHeight))
	return "tile/" + strings.Replace(p, "data/", "entries/", 1)
}

// getTile reads a tile and returns its number of items. If the log has grown, it possibly has only the full tile, and not the
// requested partial tile.
func (l *log) getTile(t tlog.Tile) (data []byte, width int, err error) {
	data, err = l.get(path(t))
	if errors.Is(err, errMissing) && t.W < tileWidth {
		full := t
		full.W = tileWidth
		if data, err := l.get(path(full)); err == nil {
			return data, tileWidth, nil
		}
	}
	return data, t.W, err
}

func (l *log) Height() int { return tileHeight }

func (l *log) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var read [][]byte
	for _, t := range tiles {
		data, known := l.tiles[t]
		if !known {
			var width int
			var err error
			if data, width, err = l.getTile(t); err != nil {
				return nil, err
			}
			if len(data) != width*tlog.HashSize {
				return nil, fmt.Errorf("%s: %d bytes are not %d hashes", path(t), len(data), width)
			}
		}
		read = append(read, data[:t.W*tlog.HashSize])
	}
	return read, nil
}

func (l *log) SaveTiles(tiles []tlog.Tile, data [][]byte) {
	for i, t := range tiles {
		l.tiles[t] = data[i]
	}
}

// entry reads one entry of a log of this size. It caches the entry's bundle for the next call.
func (l *log) entry(index, size int64) ([]byte, error) {
	if index < 0 || index >= size {
		return nil, fmt.Errorf("the log has no entry %d", index)
	}
	t := tlog.Tile{H: tileHeight, L: entryLevel, N: index / tileWidth, W: tileWidth}
	if rest := size - t.N*tileWidth; rest < tileWidth {
		t.W = int(rest)
	}
	if l.entries == nil || l.bundle != t {
		data, width, err := l.getTile(t)
		if err != nil {
			return nil, err
		}
		entries, err := split(data)
		if err != nil || len(entries) != width {
			return nil, fmt.Errorf("%s: not a bundle of %d entries", path(t), width)
		}
		l.bundle, l.entries = t, entries
	}
	return l.entries[index%tileWidth], nil
}

// split splits a bundle into its entries. A 16-bit length is in front of each entry.
func split(data []byte) (entries [][]byte, err error) {
	for len(data) > 0 {
		if len(data) < 2 || len(data)-2 < int(binary.BigEndian.Uint16(data)) {
			return nil, io.ErrUnexpectedEOF
		}
		end := 2 + int(binary.BigEndian.Uint16(data))
		entries, data = append(entries, data[2:end]), data[end:]
	}
	return entries, nil
}
