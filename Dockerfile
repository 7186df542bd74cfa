FROM python:3.13-slim
RUN --mount=type=bind,target=/src,rw pip install --no-cache-dir /src
RUN useradd --create-home mockcdrs
USER mockcdrs
WORKDIR /home/mockcdrs
ENV MOCKCDRS_HOST=0.0.0.0
EXPOSE 8000
HEALTHCHECK --interval=5s --start-period=10s CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8000/_mockcdrs/health')"]
ENTRYPOINT ["mockcdrs", "serve"]
CMD ["--port", "8000"]
