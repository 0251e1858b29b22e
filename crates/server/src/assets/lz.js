// The compression of share links (LZ78 over UTF-16 units, six bits a letter), as lz-string writes
// it for addresses: other sites read it.
const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+-$";

class Bits {
  text = "";
  value = 0;
  count = 0;

  // The lowest bit first.
  write(value, width) {
    for (let bit = 0; bit < width; bit += 1) {
      this.value = (this.value << 1) | ((value >> bit) & 1);
      this.count += 1;
      if (this.count === 6) this.flush();
    }
  }

  flush() {
    this.text += LETTERS[this.value];
    this.value = this.count = 0;
  }

  // Filled up with zeros; a whole letter of them where nothing was begun, as the original does.
  end() {
    do this.write(0, 1);
    while (this.count > 0);
    return this.text;
  }
}

export function compressForAddress(text) {
  const bits = new Bits();
  const known = new Map();
  const fresh = new Set();
  let [width, room, next] = [2, 2, 3];
  const grow = () => {
    room -= 1;
    if (room === 0) {
      room = 2 ** width;
      width += 1;
    }
  };
  const put = (word) => {
    if (fresh.delete(word)) {
      const code = word.charCodeAt(0);
      bits.write(code < 256 ? 0 : 1, width);
      bits.write(code, code < 256 ? 8 : 16);
      grow();
    } else bits.write(known.get(word), width);
    grow();
  };
  let word = "";
  // By units, not by letters: the format knows no others.
  for (const unit of text.split("")) {
    if (!known.has(unit)) {
      known.set(unit, next);
      next += 1;
      fresh.add(unit);
    }
    if (known.has(word + unit)) word += unit;
    else {
      put(word);
      known.set(word + unit, next);
      next += 1;
      word = unit;
    }
  }
  if (word) put(word);
  bits.write(2, width);
  return bits.end();
}
