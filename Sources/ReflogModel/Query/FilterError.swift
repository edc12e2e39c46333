/// Why a filter can't be understood, and where: the position of the first wrong byte, from 0.
package struct FilterError: Error, Hashable, Sendable, CustomStringConvertible {
  package let problem: String
  package let position: Int

  package var description: String { "Invalid filter clause at position \(position): \(problem)" }
}
