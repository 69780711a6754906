/**
 * A program with much to look at, which never ends: nested data, values whose text is slow, broken or changes with the
 * program, generators, exceptions, recursion, and threads that come and go. Nothing that it shows changes while it
 * stands still.
 */
export const debuggedProgram = `import threading
import time

turn = 0
table = {"numbers": [1, 2, 3], "deep": {"a": {"b": {"c": [(1, 2), {"d": None}]}}}, 7: "seven"}


class Point:
    kind = "point"
    def __init__(self, x, y):
        self.x = x
        self._y = y
        self.__z = [x, y]

    @property
    def sum(self):
        return self.x + self._y

    def moved(self, by):
        other = Point(self.x + by, self._y)
        other.path = [self.x, other.x]
        return other


class Slow:
    def __init__(self, seconds):
        self.seconds = seconds
        self.inner = {"seconds": seconds, "list": [seconds]}

    def __repr__(self):
        time.sleep(self.seconds)
        return "Slow(%s)" % self.seconds


class Changing:
    def __repr__(self):
        return "Changing(%d, %d)" % (turn, len(table["numbers"]))


class Broken:
    def __repr__(self):
        raise ValueError("no text")


def count_up(to):
    for value in range(to):
        square = value * value
        yield value, square


def fails(depth, words):
    text = "-".join(words)
    if depth == 0:
        raise KeyError(text)
    return fails(depth - 1, words + [str(depth)])


def catches(n):
    try:
        return fails(n % 4, ["a"])
    except KeyError as error:
        caught = error
        return str(caught)


def recurses(n, so_far):
    mine = {"n": n, "so far": list(so_far)}
    if n == 0:
        return mine
    below = recurses(n - 1, so_far + [n])
    return below


def slowly(n):
    slow = Slow(0.02)
    slower = Slow(0.27) if n % 8 == 0 else None
    pair = (slow, slower)
    return len(pair)


def works(number):
    own = {"number": number, "points": [Point(number, 1)]}
    for step in range(3):
        own["step"] = step
        own["points"].append(own["points"][-1].moved(step))
    return own


def waits(event):
    event.wait()


def once(points, strange):
    global turn
    turn += 1
    numbers = [turn, turn + 1]
    points[turn % 2] = points[0].moved(turn)
    total = sum(square for _, square in count_up(3))
    for value, square in count_up(2):
        total += value
    table["numbers"] = table["numbers"][-4:] + [turn]
    caught = catches(turn)
    found = recurses(turn % 5, [])
    worker = threading.Thread(target=works, args=(turn,), name="worker %d" % turn)
    worker.start()
    worker.join()
    doubled = [number * 2 for number in numbers]
    if turn % 4 == 0:
        slowly(turn)
    time.sleep(0.001)


def main():
    idle = threading.Event()
    threading.Thread(target=waits, args=(idle,), name="idle", daemon=True).start()
    while True:
        try:
            points = [Point(1, 2), Point(3, 4)]
            strange = [Changing(), Broken(), {1, 2}, b"bytes", 1.5, None, "\\u00fc\\n'quoted'", range(3)]
            once(points, strange)
        except Exception as error:
            # Whoever debugs it has set something to nonsense.
            problem = error


main()
`;

/** The number of the line with this text. */
export function lineOf(text: string): number {
  const at = debuggedProgram.split("\n").findIndex((line) => line.includes(text));
  if (at < 0) throw new Error(`no line with ${text}`);
  return at + 1;
}
