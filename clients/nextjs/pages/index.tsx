export default function Home() {
  return <p>POST /api/analyze-look</p>;
}
