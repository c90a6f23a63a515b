"""Uploads in a bucket of S3 (S3_BUCKET), which several machines share. Nothing in it has to be public: the site serves it."""

from pathlib import Path
from urllib.parse import urljoin

from django.conf import settings
from django.utils.encoding import filepath_to_uri
from storages.backends.s3 import ClientError, Config, S3Storage


class BucketStorage(S3Storage):
    def get_default_settings(self) -> dict:
        return super().get_default_settings() | {
            "bucket_name": settings.S3_BUCKET,
            "endpoint_url": settings.S3_ENDPOINT or None,
            "file_overwrite": False,
            "client_config": Config(connect_timeout=3, read_timeout=10, retries={"max_attempts": 2}),  # seconds
        }

    def url(self, name: str, *args, **kwargs) -> str:
        return urljoin(settings.MEDIA_URL, filepath_to_uri(name))

    def list_all(self) -> list[str]:
        return sorted(each.key for each in self.bucket.objects.all() if not each.key.endswith("/"))

    def copy_to(self, target: Path, name: str) -> None:
        try:
            self.bucket.download_file(name, str(target))
        except ClientError as error:
            if error.response["ResponseMetadata"]["HTTPStatusCode"] != 404:
                raise
            raise FileNotFoundError(name) from error

    def take(self, source: Path, name: str) -> None:
        self.bucket.upload_file(str(source), name)
