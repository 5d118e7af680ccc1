export default function OverviewPage() {
  return <p>overview</p>;
}
