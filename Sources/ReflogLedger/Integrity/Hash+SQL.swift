package import ReflogModel
package import ReflogStorage

extension Hash: SQLConvertible {
  package var sqlValue: SQLValue { .blob(bytes) }
}

extension Salt: SQLConvertible {
  package var sqlValue: SQLValue { .blob(bytes) }
}

extension Statement {
  /// Binds the bytes of a hash.
  func bind(_ index: Int32, _ hash: Hash) { hash.withUnsafeBytes { bind(index, $0) } }
  /// Binds the bytes of a salt.
  func bind(_ index: Int32, _ salt: Salt) { salt.withUnsafeBytes { bind(index, $0) } }
}
