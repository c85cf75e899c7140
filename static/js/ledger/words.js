export async function fourWords() {
  return "";
}
