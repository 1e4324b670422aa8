/** A value in a layer's raw tensors that no writer means: told with its tensor, by whoever knows the file. */
export class BadLayer extends Error {
  override readonly name = "BadLayer";
  readonly tensor: string;
  constructor(tensor: string, fact: string) {
    super(fact);
    this.tensor = tensor;
  }
}
